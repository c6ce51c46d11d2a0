/* The same elements under other dimensions; and the two dimensions of a sequence swapped: T,E of embeddings, E,T of
 * convolutions. */
#ifndef NETC_LAYERS_SWAP_H
#define NETC_LAYERS_SWAP_H

#include "vocabulary/vocabulary.h"

/* x under the dimensions `to`, its elements in C order. */
Value *reshape_dims(Builder *builder, const char *name, Value *x, Shape to);

/* A,B becomes B,A. What a swap gave is taken back to what it was made of. */
Value *swap_dims(Builder *builder, const char *name, Value *x);

#endif
