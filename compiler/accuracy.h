/* Accuracy: what the command `accuracy` of a program that runs in process compares the model with. */
#ifndef NETC_ACCURACY_H
#define NETC_ACCURACY_H

#include "driver.h"
#include "options.h"

/* Before the program begins: makes the references, by the C compiler, and hands them over. False after saying on stderr
 * why there are none. */
bool accuracy_begin(const Compilation *c, const Options *options);

#endif
