"""Stream layouts, and blocks that split streams."""
