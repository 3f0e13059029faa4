"""same_in_transformers.py [SAVED ORIGINAL WITHIN]...: each SAVED opens in transformers with nothing missing or left over, and
its tensors and logits equal those of ORIGINAL (WITHIN 0, or more for narrower element types)."""
import os
import sys

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification
from transformers.utils import logging

logging.disable_progress_bar()


def opened(folder):
    kind = AutoConfig.from_pretrained(folder).architectures[0]
    family = AutoModelForSequenceClassification if kind.endswith("SequenceClassification") else AutoModelForCausalLM
    model, report = family.from_pretrained(folder, output_loading_info=True, torch_dtype=torch.float32)
    for trouble in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not report[trouble], f"{folder}: {trouble} {report[trouble]}"
    return model.eval()


def compare(saved, original, within):
    saved, original = opened(saved), opened(original)
    assert type(saved) is type(original), f"{type(saved)} is not {type(original)}"
    ours, theirs = saved.state_dict(), original.state_dict()
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    for name in theirs:
        distance = (ours[name] - theirs[name]).norm() / theirs[name].norm().clamp(min=1e-30)
        assert distance <= within, f"{name}: {distance}"
    ids = torch.arange(1, 13)[None]
    with torch.no_grad():
        ours, theirs = (model(ids, attention_mask=torch.ones_like(ids)).logits for model in (saved, original))
    distance = (ours - theirs).norm() / theirs.norm()
    assert distance <= 100 * within, f"logits: {distance}"


arguments = sys.argv[1:]
for i in range(0, len(arguments), 3):
    compare(arguments[i], arguments[i + 1], float(arguments[i + 2]))
