"""The nouns of a service plan: frozen, validated, and without any input or output."""
