/* once.h: one input, tried inside a process that tries many.
 *
 * What ends a program, exit() with any status, only ends the try. What a try leaves, memory and descriptors, is taken
 * back, as the end of a program would. A bug (abort), a report of the sanitizers, more than MOST_SECONDS of processor
 * time and more memory than is allowed end the process: libFuzzer keeps the input. Linked with --wrap=exit. */
#ifndef TESTS_FUZZ_ONCE_H
#define TESTS_FUZZ_ONCE_H

#include <stddef.h>

/* Processor time that an input may take. The sanitizers make it several times what it is without them. */
enum { MOST_SECONDS = 2 };

/* Calls function(context). Returns the status that it ended with, 0 when it returned; at most `megabytes` may be held
 * at once. What is kept for further inputs, also by a library, must have been made before. */
int once(void (*function)(void *context), void *context, int megabytes);

/* Whether such a call is under way. */
int once_under_way(void);

/* Ends the process: the input is a finding. */
_Noreturn void finding(const char *what);

/* Tells libFuzzer, where the compiler counts no branches, that the input is new; once for each of a few thousand. */
void once_is_new(const unsigned char *input, size_t size);

#endif
