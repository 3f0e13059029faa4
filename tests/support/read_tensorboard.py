"""read_tensorboard.py FOLDER [TAG STEP VALUE]...: TensorBoard finds these scalars in the folder's events."""
import sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1])
events.Reload()
expected = sys.argv[2:]
for i in range(0, len(expected), 3):
    scalars = [(event.step, event.value) for event in events.Scalars(expected[i])]
    assert scalars == [(int(expected[i + 1]), float(expected[i + 2]))], scalars
