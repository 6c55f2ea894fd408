"""Stream layouts, and blocks that join or split streams."""
