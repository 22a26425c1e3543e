"""Fields of a document both ways: read back from any program's save, refreshed where untouched, counted where typed."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from pipeline.app import open_site
from pipeline.documents.gateway import KINDS, TemplateDocuments
from pipeline.documents_seen import DocumentsSeen
from pipeline.files.exchange import exchange, finish_exchange
from pipeline.share import FolderShare
from tests.functional import documents_cases as cases
from tests.functional import saved_documents as saved
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu

CASE = "2026/KS-202611-001 星河汽车 冷却水管"
REPORT, INTERNAL = f"{CASE}/8D报告.docx", f"{CASE}/8D内部版.docx"
SAVES: dict[str, Callable[[bytes], bytes]] = {"Word": saved.like_word, "WPS": saved.like_wps}


@pytest.fixture(scope="module")
def documents() -> TemplateDocuments:
    return TemplateDocuments()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    """A plant with one numbered case and its 8D."""
    made = empty_plant(tmp_path_factory.mktemp("ready") / "plant")
    made.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    made.settled()
    return made


@pytest.fixture
def plant(ready: PlantFolder, tmp_path: Path) -> PlantFolder:
    shutil.copytree(ready.root, tmp_path / "plant")
    return PlantFolder(tmp_path / "plant")


def report_of(plant: PlantFolder) -> Path:
    return plant.share / "客诉资料" / REPORT


def rewrite(plant: PlantFolder, change: Callable[[bytes], bytes]) -> bytes:
    path = report_of(plant)
    path.write_bytes(change(path.read_bytes()))
    return path.read_bytes()


def read(plant: PlantFolder) -> dict[str, str]:
    return dict(TemplateDocuments().read_back("eight_d", report_of(plant).read_bytes()))


def action(number: str, kind: str, words: str) -> dict[str, object]:
    return {"客诉编号": "KS-202611-001", "措施编号": number, "措施类别": kind, "措施内容": words, "审核结论": "通过"}


def explained(plant: PlantFolder) -> str:
    return kesu("explain", "KS-202611-001", "-c", plant.config, "--now", "2026-11-26T08:31+08:00").out


def without_backups(plant: PlantFolder) -> list[str]:
    return [name for name in plant.files("*.docx") if "/.kesu-备份/" not in name]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("program", SAVES)
def test_every_field_is_read_back_as_written(documents: TemplateDocuments, kind: str, program: str) -> None:
    for case in (cases.full(), cases.nearly_empty(), cases.nasty()):
        context = documents.context(kind, *case, 1)
        content = SAVES[program](documents.render(kind, context, cases.NOW))
        found, wanted = documents.read_back(kind, content), documents.fields(kind, context)
        assert len(found) > 25
        assert {field: " ".join(text.split()) for field, text in found.items()} == {
            field: " ".join(wanted[field].split()) for field in found}


def test_every_field_is_read_back_after_a_save_by_libreoffice(documents: TemplateDocuments) -> None:
    if not saved.has_libreoffice():
        pytest.skip("LibreOffice is not installed")
    contexts = {kind: documents.context(kind, *cases.full(), 1) for kind in KINDS}
    written = [documents.render(kind, context, cases.NOW) for kind, context in contexts.items()]
    for (kind, context), before, after in zip(contexts.items(), written, saved.by_libreoffice(written), strict=True):
        found, wanted = documents.read_back(kind, after), documents.fields(kind, context)
        assert set(found) == set(documents.read_back(kind, before)), kind
        assert {field for field in found if found[field].split() != wanted[field].split()} == set(), kind


def test_names_fit_what_word_takes_and_no_two_fields_share_one(documents: TemplateDocuments) -> None:
    content = documents.render("eight_d", documents.context("eight_d", *cases.nasty(), None), cases.NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        tree = etree.fromstring(package.read("word/document.xml"))
    for name in ("w:tag", "w:alias"):
        given = [found.get(qn("w:val")) or "" for found in tree.iter(qn(name))]
        assert len(given) == len(set(given)) > 200
        assert max(map(len, given)) <= 64


@pytest.mark.parametrize("program", [*SAVES, "as it was"])
def test_untouched_fields_are_refreshed_and_a_persons_stay(plant: PlantFolder, program: str) -> None:
    rewrite(plant, SAVES.get(program, lambda content: content))
    rewrite(plant, lambda content: saved.type_over(content, lot="L-人改", recognition="感谢注塑车间"))
    plant.retype(COMPLAINTS, 0, 不良批次="L-新", 产品名称="冷却水管总成", 紧急措施="全检")
    said = plant.once("08:30")
    assert said.code == 0, said.err
    found = read(plant)
    assert (found["product"], found["response"]) == ("冷却水管总成", "全检")
    assert (found["lot"], found["recognition"]) == ("L-人改", "感谢注塑车间")
    assert without_backups(plant) == [INTERNAL, REPORT]  # no draft beside
    board = plant.board()
    assert "不良批次" in board
    assert "L-人改" in board
    assert "L-新" in board
    plant.once("08:31")
    at_rest = plant.snapshot()
    plant.once("08:31")
    assert plant.snapshot() == at_rest
    Document(str(report_of(plant)))  # still a document that opens


def test_a_disagreement_goes_when_people_make_it_one(plant: PlantFolder) -> None:
    rewrite(plant, lambda content: saved.type_over(content, lot="L-2"))
    plant.retype(COMPLAINTS, 0, 不良批次="L-3")
    plant.once("08:30")
    assert "台账为“L-3”" in plant.board()
    assert "文件中为“L-2”" in explained(plant)
    plant.retype(COMPLAINTS, 0, 不良批次="L-2")
    plant.once("08:40")
    assert "不一致" not in plant.board()
    plant.retype(COMPLAINTS, 0, 不良批次="L-4")
    plant.once("08:50")
    assert read(plant)["lot"] == "L-4"  # both said the same, so the field was nobody's any more


def test_what_stands_outside_the_fields_is_nobodys_business(plant: PlantFolder) -> None:
    def scribble(content: bytes) -> bytes:
        document = Document(io.BytesIO(content))
        document.add_paragraph("电话纪要：客户同意换批")
        packed = io.BytesIO()
        document.save(packed)
        return packed.getvalue()

    rewrite(plant, scribble)
    before = report_of(plant).read_bytes()
    plant.retype(COMPLAINTS, 0, 产品名称="冷却水管总成")
    plant.once("08:30")
    after = report_of(plant).read_bytes()
    assert "电话纪要：客户同意换批" in cases.words_of(after)
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert old.namelist() == new.namelist()
        assert [n for n in old.namelist() if old.read(n) != new.read(n)] == ["word/document.xml"]


def test_a_row_added_to_the_ledger_comes_into_the_persons_table(plant: PlantFolder) -> None:
    plant.type("措施跟踪", action("C1", "长期", "修模"))
    plant.once("08:20")
    rewrite(plant, lambda content: saved.type_over(content, corrective__C1__proof="试模三批合格"))
    for number, kind, words in (("C2", "长期", "加塞尺检查"), ("C3", "防呆", "防错工装")):
        plant.type("措施跟踪", action(number, kind, words))
    plant.once("08:30")
    found = read(plant)
    assert found["corrective/C1/proof"] == "试模三批合格"
    assert found["corrective/C2/content"] == "加塞尺检查"
    assert found["corrective/C2/result"] == ""  # D6's table has got its row too
    assert found["error_proofing/C3/content"] == "防错工装"
    assert "error_proofing/空/content" not in found  # the empty row made way
    paragraphs = cases.words_of(report_of(plant).read_bytes())
    assert paragraphs.count("加塞尺检查") == 1


def test_a_row_that_a_person_deleted_stays_away(plant: PlantFolder) -> None:
    plant.type("措施跟踪", action("C1", "长期", "措施1"), action("C2", "长期", "措施2"))
    plant.once("08:20")

    def delete(tree: saved.Tree) -> None:
        for field in ("corrective/C2/content", "corrective/C2/result"):
            row = next(saved.control(tree, field).iterancestors(qn("w:tr")))
            row.getparent().remove(row)  # type: ignore[union-attr]  # it stands in a table

    rewrite(plant, lambda content: saved.changed(content, delete))
    plant.retype("措施跟踪", 1, 措施内容="措施2改")
    plant.once("08:30")
    assert not any("C2" in field for field in read(plant))


def test_whys_and_steps_typed_in_the_8d_count(plant: PlantFolder) -> None:
    before = explained(plant)
    assert "没有发生链" in before
    assert "没有围堵记录" in before
    links = (("为什么渗水？", "O形圈切边"), ("为什么O形圈切边？", "接头有飞边"), ("为什么有飞边？", "镶件未贴紧"),
             ("为什么镶件未贴紧？", "复装间隙没有量"), ("为什么没有量？", "保养标准没有规定"))
    whys = {f"occurrence_whys__{number}__{part}": words for number, link in enumerate(links, 1)
            for part, words in zip(("question", "answer"), link, strict=True)}
    rewrite(plant, lambda content: saved.type_over(
        content, **whys, containments__客户产线__quantity="420", containments__客户产线__checked="420",
        containments__客户产线__defects="5", containments__客户产线__disposition="全检换货"))
    plant.once("08:30")
    after = explained(plant)
    assert "没有发生链" not in after
    assert "没有围堵记录" not in after
    assert "没有流出链" in after  # nobody wrote that one


def test_an_unchanged_document_costs_a_stat(plant: PlantFolder) -> None:
    class CountingShare(FolderShare):
        """The real share, with a note of every file it read."""

        def read(self, relative: str) -> bytes:
            reads.append(relative)
            return super().read(relative)

    reads: list[str] = []
    rewrite(plant, lambda content: saved.type_over(content, lot="L-2"))
    share, documents = CountingShare(plant.share, "客诉资料"), TemplateDocuments()
    seen = DocumentsSeen()
    with open_site(plant.config, datetime(2026, 11, 26, 1, tzinfo=UTC), write=False) as opened:
        effects = opened.site.journal.memory().effects
        first = seen.read(effects, share, documents, opened.site.journal, {"K-1"})
        assert first[f"客诉资料/{REPORT}"].typed_texts == {"lot": "L-2"}
        assert seen.read(effects, share, documents, opened.site.journal, {"K-1"}) == first
    assert sorted(reads) == [f"客诉资料/{INTERNAL}", f"客诉资料/{REPORT}"]  # each once


def test_the_report_open_in_word_waits(plant: PlantFolder) -> None:
    theirs = rewrite(plant, lambda content: saved.type_over(content, lot="L-2"))
    owner = report_of(plant).with_name("~$8D报告.docx")
    owner.write_bytes(b"\x03abc" + b"\0" * 158)
    plant.retype(COMPLAINTS, 0, 产品名称="冷却水管总成")
    plant.once("08:30")
    assert report_of(plant).read_bytes() == theirs
    assert [name for name in without_backups(plant) if "新草稿" in name] == []
    owner.unlink()
    plant.once("08:40")
    assert read(plant)["product"] == "冷却水管总成"


def test_a_crash_between_the_renames_is_finished(tmp_path: Path) -> None:
    target = tmp_path / "8D报告.docx"
    target.write_bytes(b"theirs")
    digest = "e8a91e8a6d1b1a1a"
    backups = tmp_path / ".kesu-备份"
    backups.mkdir()
    target.rename(backups / f"8D报告.{digest[:8]}.docx")
    (backups / "8D报告.docx.swap").write_text(f"8D报告.{digest[:8]}.docx", encoding="utf-8")
    assert finish_exchange(target)
    assert target.read_bytes() == b"theirs"
    assert not finish_exchange(target)


def test_exchange_keeps_the_former_document(tmp_path: Path) -> None:
    target = tmp_path / "8D报告.docx"
    target.write_bytes(b"theirs")
    exchange(target, b"refreshed", hashlib.sha256(b"theirs").hexdigest())
    assert target.read_bytes() == b"refreshed"
    assert [path.read_bytes() for path in (tmp_path / ".kesu-备份").iterdir()] == [b"theirs"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600], ids=["empty", "cut", "password"]
)
def test_a_file_that_is_no_document_reads_as_nothing(documents: TemplateDocuments, content: bytes) -> None:
    assert documents.read_back("eight_d", content) == {}
    ours = documents.render("eight_d", documents.context("eight_d", *cases.full(), None), cases.NOW)
    assert documents.refreshed("eight_d", content, ours, {"x": "y"}) is None


def test_lost_controls_fall_back_to_the_whole_file_rule(documents: TemplateDocuments) -> None:
    ours = documents.render("eight_d", documents.context("eight_d", *cases.full(), None), cases.NOW)
    last = documents.written("eight_d", ours)
    assert documents.refreshed("eight_d", saved.without_controls(ours), ours, last) is None
    assert documents.refreshed("eight_d", ours, ours, last) is not None
