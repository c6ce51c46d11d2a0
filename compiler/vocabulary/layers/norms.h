/* What the norms share: all subtract a mean and divide by a deviation, of a batch or of a group of a sample's channels,
 * and then scale each channel. */
#ifndef NETC_VOCABULARY_LAYERS_NORMS_H
#define NETC_VOCABULARY_LAYERS_NORMS_H

#include "vocabulary/vocabulary.h"

/* The operations of a norm: moments of x, `statistics` of them, NORM. `in`: what `statistics` takes behind the moments,
 * weight and bias first, then the running statistics; NULL where there is none. */
Value *lower_norm(Builder *builder, const Layer *layer, OpKind statistics, Value *x, Value *const *in, Attributes attr);

/* The values of its layer's parameters, in the places that `in` has for them. */
void norm_inputs(const Layer *layer, Value *const *parameter, Value **in);

/* The same of groups of `groups` equal parts of the channels, each sample by itself; `attr` has what else there is. */
Value *lower_group_norm(Builder *builder, const Layer *layer, Value *x, Value *weight, Value *bias, int64_t groups,
                        Attributes attr);

/* Adds what a norm keeps for evaluation: running_mean, running_var, num_batches_tracked. */
void norm_add_running(Arena *arena, Layer *layer);

/* eps is not below 0. False after reporting. */
bool norm_check_eps(Diag *diag, const Layer *layer, int place);

/* Argument `place`, which may be _, is the number of the input's channels. False after reporting. */
bool norm_check_channels(Arena *arena, Diag *diag, Layer *layer, int place, const char *what);

/* Adds weight and, unless `bias` is false, bias, a number for each channel; without `affine` neither. */
void norm_add_affine(Arena *arena, Layer *layer, bool affine, bool bias);

#endif
