"""What goes wrong with kept plans, in words; named here for those who reach no database yet."""


class SavedPlanError(RuntimeError):
    """A plan could not be kept or opened. The message says what happened and what to do."""


class DraftNotFound(SavedPlanError):
    """No plan has that link."""
