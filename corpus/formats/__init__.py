"""How dates and times are written wherever a template or the admin gives no format of its own (FORMAT_MODULE_PATH)."""
