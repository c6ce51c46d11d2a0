/* fake.h: what both libraries use. */
#ifndef FAKE_H
#define FAKE_H

#include "gpu/cuda_api.h"

void end_with(const char *what);
void want(int holds, const char *otherwise);
void count_call(const char *name);

#define CALLED count_call(__func__)

#endif
