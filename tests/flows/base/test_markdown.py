import pytest

from flows.base.markdown import table


@pytest.mark.parametrize(("padded", "rule"), [(False, "|---|---|"), (True, "| --- | --- |")])
def test_a_line_for_columns_rule_and_each_row(padded, rule):
    found = table(["a", "b"], [["1", "2"], ["", "4"]], padded=padded)
    assert found == f"| a | b |\n{rule}\n| 1 | 2 |\n|  | 4 |\n"
