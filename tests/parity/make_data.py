"""Makes tests/unit/data_fixture.h: what torchvision's ToTensor and Normalize make of every byte, as bits.

    python make_data.py > ../unit/data_fixture.h

torchvision is not needed: ToTensor is `.to(float32).div(255)` and Normalize `.sub_(mean).div_(std)` with mean and std
as float32 tensors (torchvision/transforms/functional.py, _functional_tensor.py).
"""
import torch

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def show(name, tensor):
    print(f"FIXTURE unsigned {name}[] = {{")
    words = [word & 0xffffffff for word in tensor.flatten().view(torch.int32).tolist()]
    for i in range(0, len(words), 8):
        print("    " + " ".join("0x%08x," % word for word in words[i:i + 8]))
    print("};\n")


def main():
    pictures = torch.arange(256, dtype=torch.uint8).repeat(3, 1).view(3, 16, 16).to(torch.float32).div(255)
    print("/* Made by tests/parity/make_data.py with PyTorch %s. */" % torch.__version__.split("+")[0])
    print("#define FIXTURE static const __attribute__((unused))\n")
    show("to_tensor_bits", pictures[0].clone())
    mean, std = (torch.as_tensor(values, dtype=torch.float32).view(-1, 1, 1) for values in (MEAN, STD))
    show("normalize_bits", pictures.sub_(mean).div_(std))


main()
