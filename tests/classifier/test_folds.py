import numpy as np

from classifier.folds import cross_validated

GENERATOR = np.random.default_rng(3)


def test_a_question_that_the_vectors_answer_is_learned():
    vectors = GENERATOR.normal(size=(4000, 40)).astype(np.float32)
    answers = vectors[:, 3] + 0.3 * GENERATOR.normal(size=4000) > 0.8
    guess = np.array(cross_validated(vectors, answers))
    assert (guess == answers).mean() > 0.88


def test_a_question_of_chance_is_not():
    """Each answer comes from the other folds: learning by heart does not help."""
    vectors = GENERATOR.normal(size=(400, 80)).astype(np.float32)
    answers = GENERATOR.random(400) > 0.5
    guess = np.array(cross_validated(vectors, answers))
    assert 0.35 < (guess == answers).mean() < 0.65


def test_the_same_seed_gives_the_same_folds():
    vectors = GENERATOR.normal(size=(200, 10)).astype(np.float32)
    answers = vectors[:, 0] > 0
    assert cross_validated(vectors, answers) == cross_validated(vectors, answers)
