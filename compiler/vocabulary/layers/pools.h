/* What pools share: over images and over sequences, with windows of a size or with so many windows. */
#ifndef NETC_VOCABULARY_LAYERS_POOLS_H
#define NETC_VOCABULARY_LAYERS_POOLS_H

#include "vocabulary/vocabulary.h"

/* The shape rule of a pool with windows: over sequences where `for_images` names the layer that images take, else
 * (NULL) over images. A stride of None becomes the kernel's size. False after reporting. */
bool pool_infer(Arena *arena, Diag *diag, Layer *layer, WindowPlaces places, const char *for_images);

/* The same of an adaptive pool, whose first argument is output_size. */
bool pool_infer_adaptive(Arena *arena, Diag *diag, Layer *layer, const char *for_images);

/* The windows of an adaptive pool: where the output's extents divide the input's, ordinary ones. */
Window pool_adaptive_window(const Layer *layer);

#endif
