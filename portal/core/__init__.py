"""The ground every app stands on. Knows no business."""
