/* Rules that several operations share. Each ends in fail_bug where it does not hold. */
#ifndef NETC_GRAPH_OPS_RULES_H
#define NETC_GRAPH_OPS_RULES_H

#include "graph/op.h"

/* All inputs and outputs but those that are absent have one shape. */
void must_keep_shape(const OpCheck *check);

/* A window over x gives y, both of one sample: C,H,W or C,L. */
void must_fit_window(const OpCheck *check, Shape x, Shape y);

/* So does a convolution, whose weight w is. */
void must_fit_conv(const OpCheck *check, Shape x, Shape w, Shape y);

/* A bias, where there is one, has a number for each channel of y. */
void must_fit_bias(const OpCheck *check, const Value *bias, const Value *y);

/* The attributes of a window, for dumps. */
void print_window(Text *out, const Window *window);

/* Whether `value` is C,rows,1: so many numbers for each channel of x. */
bool is_of_channels(const Value *value, const Value *x, int rows);

#endif
