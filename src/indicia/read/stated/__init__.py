"""What machine-readable files state: STIX and MISP as claims and mentions, brought up to what is known today."""
