"""``bayescim doctor``."""

from ..base.arguments import JsonOption
from ..base.console import show, table

__all__ = ["doctor"]


def doctor(as_json: JsonOption = False) -> None:
    """List the tools that were found, and the command that installs each that is missing."""
    from ..verify.doctor import examine

    findings = examine()
    rows = [
        [finding.name, finding.version or "missing", finding.needed_for, finding.remedy or ""] for finding in findings
    ]
    show(findings, [table("Tools", ["tool", "version", "needed for", "remedy"], rows)], as_json=as_json)
