/* Loaded: C as functions in this process, made by the system's compiler. */
#ifndef NETC_LOADED_H
#define NETC_LOADED_H

#include "cc.h"

/* Compiles request->text in a process of its own (cc_object); what the compiler made goes to the open file `to`. False
 * after saying on stderr why not. */
bool object_make(Arena *arena, const CcRequest *request, int to);

/* Compiles request->text, which may call what is in this program, and loads it: what dlsym takes. It stays to the end
 * of the program. NULL after saying on stderr why not. */
void *object_load(Arena *arena, const CcRequest *request);

#endif
