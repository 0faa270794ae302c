"""E-mail: news in, one message out, by the mail server of the settings."""
