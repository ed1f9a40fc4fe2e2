"""Collections of profiles as a service: questions, their parameters and answers, ingests, OTLP."""
