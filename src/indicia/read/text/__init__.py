"""What all reading of text shares: banners, months, the form of a mention."""
