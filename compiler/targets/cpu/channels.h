/* Values that lie among the channels of another one: what branches give that meet side by side is written where it
 * belongs in the whole, and a branch's gradient is read there. */
#ifndef NETC_TARGETS_CPU_CHANNELS_H
#define NETC_TARGETS_CPU_CHANNELS_H

#include "targets/cpu/buffers.h"

/* Says of each value whether it lies in the buffer of another one: then Plan.first_channel has where. `place_value`
 * gives the other one its buffer. */
void share_channels(Plan *plan, void (*place_value)(void *context, const Value *value), void *context);

/* Whether a value is some channels of its buffer, and not all. */
bool has_some_channels(const Plan *plan, const Value *value);

/* Whether a kernel finds the value of this role also where it is some channels of its buffer. */
bool takes_some_channels(const Kernel *kernel, Role role);

/* A kernel's value in this role: how many channels it has with their padding, and its first element inside the border.
 * Its pixels are the buffer's pitch apart. */
int64_t padded_channels(const Plan *plan, const Kernel *kernel, Role role);
Operand inside_value(const Plan *plan, const Kernel *kernel, Role role);

/* The roles of what CONCAT puts side by side. */
enum { CONCAT_PARTS = 4 };
extern const Role concat_parts[CONCAT_PARTS];

/* Whether a part lies where it belongs in the whole, from channel `first` of that on. */
bool lies_at(const Plan *plan, const Kernel *kernel, Role part, Role whole, int64_t first);

/* Whether a kernel would copy channels that all lie where they belong: there is none then. */
bool copies_nothing(const Plan *plan, const Kernel *kernel);

#endif
