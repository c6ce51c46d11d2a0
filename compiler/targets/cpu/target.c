#include "targets/target.h"

#include "targets/cpu/cpu.h"

const Target target_cpu = {
    .name = "cpu", .summary = "C with vectors, which calls netc's runtime; what netc run and netc build take",
    .fuses = cpu_fuses};
