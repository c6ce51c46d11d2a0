/* Kernels that go from pixel to pixel of images that are alike: how they are laid out. */
#ifndef NETC_TARGETS_CPU_FAMILIES_PIXELS_H
#define NETC_TARGETS_CPU_FAMILIES_PIXELS_H

#include "targets/cpu/plan.h"

/* Sets the first three dimensions, rows, cols and padded channels, and from place `distances` on the distances of a row
 * and of a pixel in each image. */
void layout_pixels(Plan *plan, Kernel *kernel, int distances);

#endif
