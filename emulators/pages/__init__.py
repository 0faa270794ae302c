"""What the pages of the stand-ins share: their frame, their look, and Markdown shown safely."""
