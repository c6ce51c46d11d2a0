/* Two dimensions swapped: of a sample of T,E, its E as channels of T numbers each, and back. */
#ifndef NETC_LAYERS_SWAP_H
#define NETC_LAYERS_SWAP_H

#include "vocabulary/vocabulary.h"

/* A,B becomes B,1,A, an image of one row; A,1,B becomes B,A. What a swap gave is taken back to what it was made of. */
Value *swap_dims(Builder *builder, const char *name, Value *x);

#endif
