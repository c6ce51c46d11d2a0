/* What surrounds an image: for the padding layers, and for convolutions that pad otherwise than with zeros. */
#ifndef NETC_VOCABULARY_LAYERS_PADS_H
#define NETC_VOCABULARY_LAYERS_PADS_H

#include "vocabulary/vocabulary.h"

/* torch's name of a mode ("zeros", "reflect", ...). False where there is none such. */
bool pad_mode(const char *name, PadMode *mode);

/* Whether `sides` (left, right, top, bottom; negative ones cut off) leave something of the input, and enough where the
 * padding is made of it. `whose`: "ReflectionPad2d", for messages. False after reporting at `span`. */
bool pad_check(Arena *arena, Diag *diag, const Layer *layer, const char *whose, Span span, PadMode mode,
               const int64_t sides[4]);

/* The extents of an image with these sides, or of a sequence, which has no top and no bottom. */
Shape pad_shape(Shape image, const int64_t sides[4]);

/* The operations that pad x; x itself where nothing is to be done. */
Value *pad_image(Builder *builder, const char *name, Value *x, PadMode mode, const int64_t sides[4], double value);

#endif
