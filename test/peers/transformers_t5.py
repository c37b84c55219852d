"""Hugging Face transformers (PyTorch) as it writes, reads and runs a T5: a job a line in, an answer a line out."""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration
from transformers.utils import logging

logging.disable_progress_bar()
logging.set_verbosity_error()


def write(folder, shape, dtype, shard, seed):
    """Random parameters, also of the norms and of an untied head, saved as save_pretrained does it."""
    torch.manual_seed(seed)
    config = T5Config(**shape, decoder_start_token_id=0, pad_token_id=0, eos_token_id=1)
    model = T5ForConditionalGeneration(config)
    if not shape["tie_word_embeddings"]:
        model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.shared.weight) / 4)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "layer_norm" in name:
                parameter.copy_(1 + 0.3 * torch.randn_like(parameter))
    model.to(getattr(torch, dtype)).save_pretrained(folder, max_shard_size=shard)
    return {}


def run(folder, encoder, targets, tokens):
    model, loading = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    model.eval()
    encoder, targets = torch.tensor(encoder), torch.tensor(targets)
    inputs = {"input_ids": encoder, "attention_mask": (encoder != 0).long()}
    with torch.no_grad():
        out = model(**inputs, labels=targets.masked_fill(targets == 0, -100))
        # without its cache, which transformers 5.24 gives as many layers as the encoder has
        rows = model.generate(**inputs, num_beams=1, do_sample=False, max_new_tokens=tokens, use_cache=False).tolist()
    return {
        "loading": {key: sorted(map(str, values)) for key, values in loading.items()},
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "loss": out.loss.item(),
        "logits": out.logits.ravel().tolist(),
        "generated": [row[1 : row.index(1, 1)] if 1 in row[1:] else row[1:] for row in rows],
    }


def tokenize(folder, texts):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = [tokenizer(text)["input_ids"] for text in texts]
    special = [tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id]
    return {"ids": ids, "texts": [tokenizer.decode(row, skip_special_tokens=True) for row in ids], "special": special}


def copy(source, target):
    """Every half there is, behind the tensors of a file that is read and written again."""
    tensors = load_file(source)
    bits = torch.arange(2**16, dtype=torch.int32).to(torch.uint16)
    for name in ("float16", "bfloat16"):
        half = bits.view(getattr(torch, name))
        tensors[name] = half[torch.isfinite(half)]
        tensors[f"{name} widened"] = tensors[name].float()
    save_file(tensors, target)
    return {"dtypes": {name: str(tensor.dtype) for name, tensor in tensors.items()}}


JOBS = {job.__name__: job for job in (write, run, tokenize, copy)}
for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps(JOBS[job.pop("job")](**job)), flush=True)
