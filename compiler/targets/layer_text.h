/* What emitted C says of layers and operations, whatever the target. */
#ifndef NETC_TARGETS_LAYER_TEXT_H
#define NETC_TARGETS_LAYER_TEXT_H

#include "model/model.h"

/* The line of the .net file that an operation comes from; 0: none. */
int op_line(const Op *op);

/* "0: Conv2d(3, 32, 5, 1, 2)": the layer that an operation comes from, as the file has it; "the input", "the loss". */
const char *op_text(Arena *arena, const Op *op);

/* The formula of an operation that has the inputs that this one has. */
const char *op_formula(Arena *arena, const Op *op);

/* The layers with their lines, outputs and numbers of parameters, as lines of a comment. */
void layer_table(Text *text, const Network *network);

#endif
