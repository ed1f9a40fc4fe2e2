"""How profiles arrive: uploads, imports by SSH, and OTLP."""
