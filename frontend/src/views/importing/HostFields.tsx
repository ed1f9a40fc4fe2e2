// Which machine. The host field also takes what ssh and scp take: admin@host:port, admin@host:/path.
import { TextInput } from "@mantine/core";
import { useId } from "react";
import { spreadPlace } from "../../model/jobs/jobsForm";
import { pickHost, suggestions, type ImportMemory } from "../../model/jobs/jobsHosts";
import type { HostAlias } from "../../types/imports";
import type { FieldsProps } from "./fields";
import classes from "./importing.module.css";

interface HostFieldsProps extends FieldsProps {
  readonly memory: ImportMemory;
  readonly aliases: readonly HostAlias[];
}

export function HostFields({ form, errors, change, memory, aliases }: HostFieldsProps) {
  const listId = useId();
  const hosts = suggestions(memory, aliases);
  return (
    <div className={classes.place}>
      <TextInput
        label="Host"
        placeholder="10.0.0.7 or an alias"
        value={form.host}
        error={errors.host}
        onChange={(event) => change(pickHost(form, event.currentTarget.value, hosts))}
        onBlur={() => change(spreadPlace(form))}
        list={listId}
        spellCheck={false}
        data-autofocus
        data-testid="field-host"
      />
      <datalist id={listId} data-testid="host-suggestions">
        {hosts.map(({ host, user, port, label }) => (
          <option key={`${host} ${user} ${port}`} value={host}>
            {label}
          </option>
        ))}
      </datalist>
      <TextInput
        label="User"
        placeholder="from ~/.ssh/config"
        value={form.user}
        error={errors.user}
        onChange={(event) => change({ user: event.currentTarget.value })}
        spellCheck={false}
        data-testid="field-user"
      />
      <TextInput
        label="Port"
        placeholder="22"
        inputMode="numeric"
        value={form.port}
        error={errors.port}
        onChange={(event) => change({ port: event.currentTarget.value })}
        data-testid="field-port"
      />
    </div>
  );
}
