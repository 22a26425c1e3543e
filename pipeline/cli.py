"""The kesu command: arguments in, one lazily imported command module out, errors as one sentence, exit codes."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipeline.commands.arguments import CommandLine

if TYPE_CHECKING:
    Command = Callable[[argparse.Namespace], int]

READER_GONE = 141  # as a shell calls it: 128 + SIGPIPE
_DESCRIPTION = "客诉助手：看着公共盘上的台账，编号、起草 8D 与会议文件、做例会周报、登记来信、提醒逾期、月末归档。"
_EPILOG = "先试一试：kesu demo（演示工厂）或 kesu try 贵厂台账.xlsx（只读）。"


_Add = Callable[[str, str], argparse.ArgumentParser]
_Option = Callable[[argparse.ArgumentParser], None]


def _config(command: argparse.ArgumentParser) -> None:
    command.add_argument("-c", "--config", required=True, metavar="CONFIG", help="config.yaml 的路径")


def _now(command: argparse.ArgumentParser) -> None:
    command.add_argument("--now", metavar="ISO", help="按这一时刻演练，例如 2026-11-26T09:00+08:00")


def _as_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="结果输出为 JSON")


def _parser() -> argparse.ArgumentParser:
    parser = CommandLine(prog="kesu", description=_DESCRIPTION, epilog=_EPILOG)
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    def actions(command: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
        return command.add_subparsers(dest="action", required=True, metavar="操作")

    _add_first_steps(add)
    _add_passes(add)
    _add_looking(add, _config, _now, _as_json)
    _add_summary(add, _now, _as_json)
    _add_doctor(add, _now, _as_json)
    _add_archive(actions(add("archive", "月末归档：核对一份归档")), _as_json)
    _add_outbox(add, _config, _now, _as_json)
    _add_purge(add, _config, _now, _as_json)
    _add_templates(actions(add("templates", "模板：检查、字段、客户自己的表样、空白表单")))
    return parser


def _add_first_steps(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """What needs no plant yet."""
    demo = add("demo", "建一个演示工厂并跑完几天的流程")
    demo.add_argument("dir", nargs="?", default="kesu-demo", metavar="DIR", help="目录，默认 ./kesu-demo")
    _now(demo)

    trial = add("try", "只读试用：任何工厂的台账 → 草稿、逾期清单、看板、例会周报")
    trial.add_argument("ledger", metavar="LEDGER.xlsx", help="台账工作簿")
    trial.add_argument("--into", default="kesu-try", metavar="DIR", help="结果目录，默认 ./kesu-try")
    _now(trial)

    init = add("init", "建一个空的工厂：配置、台账模板、可编辑模板、空白表单")
    init.add_argument("dir", metavar="DIR", help="目录（不存在则新建）")
    _now(init)

    check = add("check", "检查台账：表头对应与每个问题单元格；不写任何文件")
    check.add_argument("ledger", nargs="?", metavar="LEDGER", help="台账工作簿")
    check.add_argument("-c", "--config", metavar="CONFIG", help="检查配置中的全部台账")
    _now(check)
    _as_json(check)


def _add_passes(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """What makes passes over a plant, and decides whose and how."""
    once = add("once", "跑一轮")
    _config(once)
    _now(once)
    once.add_argument("--dry-run", action="store_true", help="只列出将要做的事，什么也不写")
    _as_json(once)

    run = add("run", "常驻：看着公共盘，有变化就跑一轮；Ctrl-C 停止")
    _config(run)

    _add_scheduled(add, _now, _as_json)

    live = add("go-live", "结束演练，正式启用（先列出清单，加 --yes 生效）")
    _config(live)
    live.add_argument("--yes", action="store_true", help="确认启用")
    live.add_argument("--include-open", action="store_true", help="台账中未关闭的客诉立即全部纳入管理")

    adopt = add("adopt", "接管公共盘：日志丢失或换电脑后使用（先说明情况，加 --yes 生效）")
    _config(adopt)
    adopt.add_argument("--yes", action="store_true", help="确认接管")


def _add_templates(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What is done with templates; each action is a module of its own."""
    text = "写出空白的客诉信息收集表：docx 用于打印或填写，xlsx 用于填写；填好的发回即登记"
    sheet = actions.add_parser("call-sheet", help=text, description=text)
    sheet.add_argument("-c", "--config", metavar="CONFIG", help="写入该工厂公共盘的“空白表单”")
    sheet.add_argument("--into", metavar="DIR", help="写入这个文件夹；两者都不给时写入当前文件夹")

    text = "检查全部模板：一次列出每处问题、位置和改法；不写任何文件"
    check = actions.add_parser("check", help=text, description=text)
    check.add_argument("-c", "--config", metavar="CONFIG", help="检查该工厂自己的模板；不给时检查自带的")
    check.add_argument("--json", action="store_true", help="结果输出为 JSON")

    text = "列出模板可用的全部字段：写法、含义、示例"
    fields = actions.add_parser("fields", help=text, description=text)
    fields.add_argument("kind", nargs="?", metavar="种类", help="eight_d、slip、notice、minutes、penalty，默认全部")
    fields.add_argument("-c", "--config", metavar="CONFIG", help="该工厂的 config.yaml")

    text = "把客户的 8D 空表变成该客户的模板：对照栏目与字段，有疑问的逐项确认"
    form = actions.add_parser("adopt", help=text, description=text)
    form.add_argument("form", metavar="客户空表", help="xlsx、xlsm 或 docx 空表")
    form.add_argument("--customer", required=True, metavar="客户", help="与台账“客户”列的写法一致")
    form.add_argument("--sample", metavar="已填表", help="同一张表填好的一份，用来核对哪些格子要填、填的是什么")
    form.add_argument("-c", "--config", metavar="CONFIG", help="工厂的 config.yaml，默认 ./config.yaml")
    form.add_argument("--yes", action="store_true", help="不询问，只采用有把握的部分")
    form.add_argument("--preview", metavar="文件", help="另写一份用示例内容试填的样张")
    form.add_argument("--json", action="store_true", help="建议输出为 JSON")


def _add_archive(actions: argparse._SubParsersAction[argparse.ArgumentParser], as_json: _Option) -> None:
    """What is done with a finished archive."""
    text = "核对归档是否完整、与交出时一致（BagIt）：退出码 0 一致，1 有出入，2 不是归档"
    verify = actions.add_parser("verify", help=text, description=text)
    verify.add_argument("dir", metavar="DIR", help="归档文件夹，例如 归档/2026-11")
    as_json(verify)


def _add_scheduled(add: _Add, now: _Option, as_json: _Option) -> None:
    """The commands for Task Scheduler and cron."""
    for name, text in (
        ("weekly", "周报日的一轮：到了周报日发逾期邮件，错过的补最近一期；可每天调用，不到日子不做"),
        ("month-end", "月末的一轮：月末邮件与归档，错过的补最近一期；可每天调用，不到日子不做"),
    ):
        command = add(name, text)
        command.add_argument("-c", "--config", default="config.yaml", metavar="CONFIG", help="默认 ./config.yaml")
        now(command)
        command.add_argument("--dry-run", action="store_true", help="只列出将要做的事，什么也不写")
        command.set_defaults(period="")
        if name == "month-end":
            command.add_argument("--period", default="", metavar="月", help="补做错过的这个月的归档，例如 2026-09")
        as_json(command)


def _add_outbox(add: _Add, config: _Option, now: _Option, as_json: _Option) -> None:
    """The outbox has commands of its own."""
    outbox = add("outbox", "没有发出或结果不明的邮件：查看、重发、不再发送")
    actions = outbox.add_subparsers(dest="action", required=True, metavar="list|retry|drop")
    listed = actions.add_parser("list", help="列出未决的邮件", description="列出未决的邮件")
    retry = actions.add_parser("retry", help="下一轮重发", description="核对后让下一轮重发")
    drop = actions.add_parser("drop", help="不再发送，或已核实发出", description="不再发送，或已核实发出")
    for action in (listed, retry, drop):
        config(action)
        now(action)
    as_json(listed)
    for action in (retry, drop):
        action.add_argument("number", metavar="编号", help="kesu outbox list 所示的编号")
    retry.add_argument("--yes", action="store_true", help="已在邮箱中核实没有发出")


def _add_summary(add: _Add, now: _Option, as_json: _Option) -> None:
    """The review of a period."""
    summary = add("summary", "月、季、半年、年度总结：带图表和可透视明细的工作簿，另有简短的汇报 PPT")
    summary.add_argument("--period", required=True, metavar="期间", help="2026-11、2026Q4、2026H2 或 2026")
    summary.add_argument("-c", "--config", default="config.yaml", metavar="CONFIG", help="默认 ./config.yaml")
    summary.add_argument("--into", default=".", metavar="DIR", help="写入这个文件夹，默认当前文件夹")
    now(summary)
    as_json(summary)


def _add_purge(add: _Add, config: _Option, now: _Option, as_json: _Option) -> None:
    """The end of what was kept long enough."""
    purge = add("purge", "清理超过保留期的来信原件、日志和备份（先列出再删除；未关闭的客诉所需的一律不动）")
    config(purge)
    purge.add_argument("--dry-run", action="store_true", help="只列出将要删除什么，什么也不删")
    now(purge)
    as_json(purge)


def _add_doctor(add: _Add, now: _Option, as_json: _Option) -> None:
    """The check of everything that is configured."""
    doctor = add(
        "doctor", "逐项检查公共盘、台账、日志、模板、日历、时钟、通讯录、邮箱和群机器人；除下面两项测试外什么也不改"
    )
    doctor.add_argument("-c", "--config", metavar="CONFIG", help="config.yaml 的路径")
    now(doctor)
    as_json(doctor)
    doctor.add_argument("--send-test", metavar="邮箱", help="真的发一封测试邮件到这一邮箱")
    doctor.add_argument("--share-test", metavar="DIR", help="在公共盘的这个目录里用临时文件把写入台账的每一步走一遍")


def _add_looking(add: _Add, config: _Option, now: _Option, as_json: _Option) -> None:
    """The commands that only look."""
    health = add("health", "给监控用：退出码 0 正常，1 需要人注意，2 没有在工作")
    config(health)
    within = "多久没有运行算故障，默认 30；只用计划任务时放宽"
    health.add_argument("--within", type=int, default=30, metavar="分钟", help=within)
    now(health)
    as_json(health)

    status = add("status", "未关闭、到期、失败、等待、结果不明的事项")
    config(status)
    now(status)
    as_json(status)

    schedule = add("calendar", "今后五周的周报、例会、月末与总结日期，及为何是这一天")
    config(schedule)
    now(schedule)
    as_json(schedule)

    explain = add("explain", "一件客诉的全部判定、理由，以及怎样会改变")
    explain.add_argument("number", metavar="客诉编号")
    config(explain)
    now(explain)

    history = add("log", "一件客诉的全部经过（不写编号则为最近的事项）")
    history.add_argument("number", nargs="?", metavar="客诉编号")
    config(history)
    as_json(history)


_MODULES = {
    "health": "pipeline.commands.health", "summary": "pipeline.commands.summary",
    "archive verify": "pipeline.commands.archive",
    "weekly": "pipeline.commands.scheduled", "month-end": "pipeline.commands.scheduled",
    "demo": "pipeline.commands.demo", "try": "pipeline.commands.trial", "init": "pipeline.commands.init",
    "check": "pipeline.commands.check", "once": "pipeline.commands.once", "run": "pipeline.commands.run",
    "go-live": "pipeline.commands.go_live", "adopt": "pipeline.commands.adopt", "status": "pipeline.commands.status",
    "templates call-sheet": "pipeline.commands.call_sheet",
    "templates check": "pipeline.commands.check_templates",
    "templates fields": "pipeline.commands.template_fields",
    "templates adopt": "pipeline.commands.adopt_form",
    "doctor": "pipeline.commands.doctor", "purge": "pipeline.commands.purge",
    **{f"outbox {action}": "pipeline.commands.outbox" for action in ("list", "retry", "drop")},
    "log": "pipeline.commands.log", "explain": "pipeline.commands.explain", "calendar": "pipeline.commands.calendar",
}


def _use_utf8() -> None:
    # Chinese output must not fail on a Windows console or in a pipe of another code page
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 problems found, 2 cannot be done, 130 interrupted,
    141 where whoever reads the output has seen enough, as in ``kesu log | head``)."""
    _use_utf8()
    logging.getLogger().addHandler(logging.NullHandler())  # what people should read is said; the log is a file of run
    arguments = _parser().parse_args(argv)
    from schemas.errors import KesuError

    name = " ".join(filter(None, (arguments.command, getattr(arguments, "action", ""))))
    command: Command = importlib.import_module(_MODULES[name]).run
    try:
        code = command(arguments)
        sys.stdout.flush()
    except KesuError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - or the end of Python writes again
        return READER_GONE
    except OSError as error:
        from pipeline.files.system_faults import plain_sentence

        print(plain_sentence(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
