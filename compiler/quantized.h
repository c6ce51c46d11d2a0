/* Quantized: a library in integers, `netc build --library NAME --plain --int8 DATA`, in four steps:
 *
 *     observe    samples of the file's data go through the library in float, whose text has a call behind each value
 *                (Lowering.observed): so each has a range. The program that would train hands the samples over
 *                (runtime/run/samples.h)
 *     quantize   passes/quantize.c takes kernels of the graph of evaluation, with its own rules of what is fused, and
 *                makes an IntegerGraph: scales and zeros, weights, biases, multipliers and shifts
 *     print      plain/int8.c, with the functions of plain/int8_functions.c. Values are images, channels last, so that
 *                a row of a window is one stretch of memory
 *     compare    both libraries answer the test data */
#ifndef NETC_QUANTIZED_H
#define NETC_QUANTIZED_H

#include "library.h"

/* Whether the words of --int8 are such, and the other options of the command go with them; says why not. */
bool quantized_check_options(const Options *options);

/* Whether a model can be computed in integers, and has data to calibrate with; says why not. */
bool quantized_check(const Compilation *c);

/* Makes of a library, whose parameters have been read, one in integers, and prints what became of its answers. False
 * after saying on stderr what can't be done. */
bool quantized_make(const Compilation *c, Library *library, const Options *options);

#endif
