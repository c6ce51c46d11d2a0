/* The same elements under other dimensions; and two dimensions swapped: of a sample of T,E, its E as channels of T
 * numbers each, and back. */
#ifndef NETC_LAYERS_SWAP_H
#define NETC_LAYERS_SWAP_H

#include "vocabulary/vocabulary.h"

/* x under the dimensions `to`, its elements in C order. */
Value *reshape_dims(Builder *builder, const char *name, Value *x, Shape to);

/* A,B becomes B,1,A, an image of one row; A,1,B becomes B,A. What a swap gave is taken back to what it was made of. */
Value *swap_dims(Builder *builder, const char *name, Value *x);

#endif
