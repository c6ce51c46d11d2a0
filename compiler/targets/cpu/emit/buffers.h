/* Where the buffers of a plan are, in C. */
#ifndef NETC_TARGETS_CPU_EMIT_BUFFERS_H
#define NETC_TARGETS_CPU_EMIT_BUFFERS_H

#include "targets/cpu/emit/frame.h"

/* What the C calls a buffer. Training and evaluation have buffers of the same layers at different places. */
const char *buffer_name(Frame *f, const Buffer *buffer);

/* Whether its rows can be indexed: an image whose instances follow each other without a gap. */
bool buffer_has_rows(const Buffer *buffer);

/* "1024": where it starts in its memory, in bytes. */
const char *offset_text(Frame *f, const Buffer *buffer);

/* The declaration of a variable that points to a buffer's first instance, where the buffer is at `offset` in its
 * memory; flat: to floats of the batch's memory, whatever image they are. */
const char *buffer_variable(Frame *f, const Buffer *buffer, bool flat, const char *name, const char *offset);

/* Macros for all buffers that kernels use outside of functions that have variables for them, in the order of their
 * first use. */
void define_buffers(Frame *f);

#endif
