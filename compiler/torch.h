/* Torch: a model as PyTorch's print(model) shows it. */
#ifndef NETC_TORCH_H
#define NETC_TORCH_H

#include "model/model.h"

void torch_print(Text *out, const Network *network);

#endif
