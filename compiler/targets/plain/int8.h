/* Int8: a library's forward pass in integers (passes/quantize.h), as C99 a textbook has. */
#ifndef NETC_TARGETS_PLAIN_INT8_H
#define NETC_TARGETS_PLAIN_INT8_H

#include "passes/quantize.h"
#include "targets/target.h"

/* Makes of a lowering of EMIT_LIBRARY one of the same model in integers, which has its parameters in its text. */
void plain_lower_int8(Lowering *lowering, const IntegerGraph *graph);

#endif
