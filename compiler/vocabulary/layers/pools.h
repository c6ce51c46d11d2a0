/* What pools share: over images and over sequences, with windows of a size or with so many windows. */
#ifndef NETC_VOCABULARY_LAYERS_POOLS_H
#define NETC_VOCABULARY_LAYERS_POOLS_H

#include "vocabulary/vocabulary.h"

/* The shape rule of a pool with windows: over sequences where `for_images` names the layer that images take, else
 * (NULL) over images. A stride of None becomes the kernel's size. False after reporting. */
bool pool_infer(Arena *arena, Diag *diag, Layer *layer, WindowPlaces places, const char *for_images);

/* The same of an adaptive pool, whose first argument is output_size. */
bool pool_infer_adaptive(Arena *arena, Diag *diag, Layer *layer, const char *for_images);

/* What is said of them: `in` and `out` are the shapes of a pool with windows. */
#define POOL_SHAPE(in, out) in " -> " out "; a stride of None is the kernel_size; ceil_mode rounds up"
#define POOL_ADAPTIVE_1D(layer) \
    {.shape = "C,L -> C,output_size", .example = layer "(7)  # 8x100 -> 8x7"}
#define POOL_ADAPTIVE_2D(layer) \
    {.shape = "C,H,W -> C,output_size; None keeps the input's extent", \
     .example = layer "((7, None))  # 3x32x32 -> 3x7x32"}

/* The windows of an adaptive pool: where the output's extents divide the input's, ordinary ones. */
Window pool_adaptive_window(const Layer *layer);

#endif
