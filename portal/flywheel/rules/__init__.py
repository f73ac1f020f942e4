"""Pure rules of the flywheel: stages, momentum, friction, statistics."""
