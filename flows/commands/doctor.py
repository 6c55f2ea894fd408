"""``bayescim doctor``."""

from ..arguments import JsonOption
from ..console import show, table

__all__ = ["doctor"]


def doctor(as_json: JsonOption = False) -> None:
    """List the tools that were found, and the command that installs each that is missing."""
    from ..doctor import examine

    findings = examine()
    rows = [
        [finding.name, finding.version or "missing", finding.needed_for, finding.remedy or ""] for finding in findings
    ]
    show(findings, [table("Tools", ["tool", "version", "needed for", "remedy"], rows)], as_json=as_json)
