/* The rows of the kernel families: what each has to say, and that each operation is computed. */
#include "suite.h"
#include "targets/cpu/families/family.h"

static int parameter_count(const FamilyInfo *info, bool makes)
{
    int count = 0;
    for (const FamilyParameter *p = info->parameters; p->type; p++)
        count += !makes || p->makes;
    return count;
}

START_TEST(a_row_is_whole)
{
    for (Family family = 0; family < FAMILY_COUNT; family++) {
        const FamilyInfo *info = family_info(family);
        ck_assert_msg(info->name && parameter_count(info, true) > 0, "family %d makes nothing", (int)family);
        ck_assert_msg(parameter_count(info, false) <= MAX_PARAMETERS, "%s has too many parameters", info->name);
        ck_assert_msg(info->dim_count <= MAX_DIMS, "%s has too many dimensions", info->name);
        bool kernel = family < FAMILY_KERNELS;
        ck_assert_msg(kernel == (info->print != NULL) && kernel != (info->call != NULL), "%s is no kernel", info->name);
        ck_assert_msg(!info->computes[0].op == !info->layout, "%s is laid out where it computes something", info->name);
        for (const FamilyParameter *p = info->parameters; p->type; p++)
            ck_assert_msg(p->role || p->argument || p->argument_of, "%s: %s is not passed", info->name, p->name);
    }
}
END_TEST

static bool has_port(const OpInfo *op, Role role)
{
    for (const OpPort *port = op->in; port->role; port++) {
        if (port->role == role)
            return true;
    }
    for (const OpPort *port = op->out; port->role; port++) {
        if (port->role == role)
            return true;
    }
    return false;
}

/* What a family knows by another role is an operand of the operation, and one of the family's. */
START_TEST(roles_are_those_of_the_operation)
{
    for (Family family = 0; family < FAMILY_COUNT; family++) {
        const FamilyInfo *info = family_info(family);
        for (const Computed *computed = info->computes; computed->op; computed++) {
            for (int i = 0; i < 2 && computed->as[i].to; i++) {
                bool known = false;
                for (const FamilyParameter *p = info->parameters; p->type; p++)
                    known = known || p->role == computed->as[i].to;
                ck_assert_msg(known, "%s has no operand %s", info->name, role_name(computed->as[i].to));
                ck_assert_msg(has_port(computed->op, computed->as[i].from), "%s has no %s", computed->op->name,
                              role_name(computed->as[i].from));
            }
        }
    }
}
END_TEST

static bool is_computed(const OpInfo *op)
{
    for (Family family = 0; family < FAMILY_COUNT; family++) {
        const FamilyInfo *info = family_info(family);
        for (const Computed *computed = info->computes; computed->op && !info->chosen; computed++) {
            if (computed->op == op)
                return true;
        }
    }
    return false;
}

/* But for what is there before a step begins, and for the loss's gradient, which the loss makes. */
START_TEST(each_operation_is_computed)
{
    for (OpKind kind = 0; kind < OP_COUNT; kind++) {
        const OpInfo *op = op_info(kind);
        bool none = op == &op_target || op == &op_parameter || op == &op_loss_grad;
        ck_assert_msg(is_computed(op) != none, "%s", op->name);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("families");
    TCase *core = tcase_create("core");
    tcase_add_test(core, a_row_is_whole);
    tcase_add_test(core, roles_are_those_of_the_operation);
    tcase_add_test(core, each_operation_is_computed);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
