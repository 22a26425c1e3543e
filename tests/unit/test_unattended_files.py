"""The shipped files for systemd and Task Scheduler: within their schemas, and calling commands that exist."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from pipeline.cli import _parser

FILES = Path(__file__).resolve().parents[2] / "docs" / "unattended"
UNITS = sorted((*FILES.glob("*.service"), *FILES.glob("*.timer")))
#: The part of Microsoft's Task Scheduler Schema (learn.microsoft.com, taskschedulerschema-*) that our task uses.
TASK_SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"
  targetNamespace="http://schemas.microsoft.com/windows/2004/02/mit/task" elementFormDefault="qualified">
  <xs:element name="Task"><xs:complexType><xs:all>
    <xs:element name="RegistrationInfo"><xs:complexType><xs:all>
      <xs:element name="Description" type="xs:string"/></xs:all></xs:complexType></xs:element>
    <xs:element name="Triggers"><xs:complexType><xs:choice maxOccurs="48"><xs:element name="BootTrigger">
      <xs:complexType><xs:sequence><xs:element name="Enabled" type="xs:boolean"/>
        <xs:element name="Delay" type="xs:duration"/></xs:sequence></xs:complexType>
    </xs:element></xs:choice></xs:complexType></xs:element>
    <xs:element name="Principals"><xs:complexType><xs:sequence><xs:element name="Principal"><xs:complexType><xs:all>
      <xs:element name="LogonType"><xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="S4U"/><xs:enumeration value="Password"/><xs:enumeration value="InteractiveToken"/>
      </xs:restriction></xs:simpleType></xs:element>
      <xs:element name="RunLevel"><xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="LeastPrivilege"/><xs:enumeration value="HighestAvailable"/>
      </xs:restriction></xs:simpleType></xs:element>
    </xs:all><xs:attribute name="id" type="xs:ID"/></xs:complexType></xs:element></xs:sequence></xs:complexType>
    </xs:element>
    <xs:element name="Settings"><xs:complexType><xs:all>
      <xs:element name="MultipleInstancesPolicy"><xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="Parallel"/><xs:enumeration value="Queue"/><xs:enumeration value="IgnoreNew"/>
        <xs:enumeration value="StopExisting"/></xs:restriction></xs:simpleType></xs:element>
      <xs:element name="DisallowStartIfOnBatteries" type="xs:boolean"/>
      <xs:element name="StopIfGoingOnBatteries" type="xs:boolean"/>
      <xs:element name="StartWhenAvailable" type="xs:boolean"/>
      <xs:element name="RunOnlyIfNetworkAvailable" type="xs:boolean"/>
      <xs:element name="ExecutionTimeLimit" type="xs:duration"/>
      <xs:element name="RestartOnFailure"><xs:complexType><xs:all>
        <xs:element name="Interval"><xs:simpleType><xs:restriction base="xs:duration">
          <xs:minInclusive value="PT1M"/><xs:maxInclusive value="P31D"/></xs:restriction></xs:simpleType></xs:element>
        <xs:element name="Count"><xs:simpleType><xs:restriction base="xs:unsignedByte">
          <xs:minInclusive value="1"/></xs:restriction></xs:simpleType></xs:element>
      </xs:all></xs:complexType></xs:element>
    </xs:all></xs:complexType></xs:element>
    <xs:element name="Actions"><xs:complexType><xs:sequence><xs:element name="Exec"><xs:complexType><xs:all>
      <xs:element name="Command" type="xs:string"/><xs:element name="Arguments" type="xs:string"/>
      <xs:element name="WorkingDirectory" type="xs:string"/></xs:all></xs:complexType></xs:element></xs:sequence>
      <xs:attribute name="Context" type="xs:IDREF"/></xs:complexType></xs:element>
  </xs:all><xs:attribute name="version"><xs:simpleType><xs:restriction base="xs:string">
    <xs:pattern value="1\\.[0-9]"/></xs:restriction></xs:simpleType></xs:attribute></xs:complexType></xs:element>
</xs:schema>
"""


def read(unit: Path) -> configparser.RawConfigParser:
    parsed = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment,method-assign]  # directives keep their capitals
    parsed.read(unit, encoding="utf-8")
    return parsed


def test_the_task_is_within_microsofts_schema() -> None:
    schema = etree.XMLSchema(etree.fromstring(TASK_SCHEMA.strip()))
    task = etree.parse(FILES / "kesu-run.xml")
    assert schema.validate(task), schema.error_log
    too_often = (FILES / "kesu-run.xml").read_text(encoding="utf-8").replace("<Count>255<", "<Count>999<")
    assert not schema.validate(etree.fromstring(too_often.encode()))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_has_its_sections(unit: Path) -> None:
    sections = {".service": {"Unit", "Service"}, ".timer": {"Unit", "Timer", "Install"}}[unit.suffix]
    assert sections <= set(read(unit).sections()) <= sections | {"Install"}


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    """With the program replaced by one that every Linux has; on machines without systemd only the sections are read."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/kesu/.venv/bin/kesu", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    if analyse := shutil.which("systemd-analyze"):
        said = subprocess.run(
            [analyse, "verify", *map(str, sorted(tmp_path.iterdir()))], check=False, capture_output=True, text=True
        )
        assert (said.returncode, said.stderr) == (0, "")


def commands() -> list[str]:
    """What the files call, without the program's path."""
    units = [line.split("/kesu ", 1)[1] for unit in UNITS
             for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart=")]
    task = etree.parse(FILES / "kesu-run.xml").findtext(".//{*}Arguments") or ""
    script = (FILES / "register-tasks.ps1").read_text(encoding="utf-8")
    return [*units, task, *(found.replace('`"', "") for found in re.findall(r'-Argument "(.*?[^`])"', script))]


def test_every_command_exists() -> None:
    called = [_parser().parse_args(shlex.split(line.replace("\\", "/"))) for line in commands()]
    assert sorted(arguments.command for arguments in called) == [
        "month-end", "month-end", "run", "run", "weekly", "weekly",
    ]
    assert {arguments.config for arguments in called} == {
        "/srv/kesu/config.yaml", "C:/kesu/一厂/config.yaml", "$Config",
    }
