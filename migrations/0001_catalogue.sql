-- The standard catalogue: regions, holidays, policies, departments, service types, items, kinds of qualification.
-- Enum values are the codes of the enums in `market`; a test compares the two.

create type commissioned_by as enum ('applicant', 'authority', 'owner');
create type qualification_grade as enum
    ('comprehensive', 'class_a', 'class_b', 'class_c', 'class_d', 'first', 'second', 'third', 'ungraded');

create table regions (
    code text primary key constraint regions_code_shape check (code ~ '^[0-9]{6}$'),
    name text not null
);

-- Only the exceptions: weekdays that are holidays, weekend days that are worked.
create table holidays (
    day date primary key,
    works boolean not null
);

-- Every version stays: decisions point at the one they used.
create table policies (
    id uuid primary key,
    region_code text not null references regions,
    name text not null,
    effective_from timestamptz not null,
    rules jsonb not null,
    created_at timestamptz not null,
    constraint policies_name_once unique (region_code, name)
);
create index policies_in_force on policies (region_code, effective_from desc);

create table departments (
    id uuid primary key,
    code text not null constraint departments_code_once unique,
    region_code text not null references regions,
    name text not null,
    -- the names by which lists of items call this department
    competences text[] not null
);
create index departments_region on departments (region_code);

create table service_types (
    id uuid primary key,
    code text not null constraint service_types_code_once unique,
    name text not null constraint service_types_name_once unique,
    department_id uuid not null references departments
);
create index service_types_department on service_types (department_id);

create table service_items (
    id uuid primary key,
    code text not null constraint service_items_code_once unique,
    name text not null,
    category text not null,
    legal_basis text not null,
    competent_department text not null,
    department_id uuid not null references departments,
    approval_item text not null,
    qualification_required text not null,
    commissioned_by commissioned_by not null,
    self_do_allowed boolean not null,
    -- null: depends on the project (supervision, for one)
    time_limit_workdays integer constraint service_items_time_limit_positive check (time_limit_workdays > 0),
    fee_basis text not null
);
create index service_items_department on service_items (department_id, code);
create index service_items_category on service_items (category, code);
create index service_items_commissioned on service_items (commissioned_by, code);

create table service_item_types (
    item_id uuid not null references service_items,
    service_type_id uuid not null references service_types,
    primary key (item_id, service_type_id)
);
create index service_item_types_type on service_item_types (service_type_id);

create table qualification_kinds (
    id uuid primary key,
    code text not null constraint qualification_kinds_code_once unique,
    name text not null,
    grades qualification_grade[] not null,
    specialities text[] not null
);

create table qualification_kind_types (
    kind_id uuid not null references qualification_kinds,
    service_type_id uuid not null references service_types,
    primary key (kind_id, service_type_id)
);
create index qualification_kind_types_type on qualification_kind_types (service_type_id);
