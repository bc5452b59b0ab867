"""Reads posts: sentiment, emotion, intents, outage, anger, impact and language of a mention."""
