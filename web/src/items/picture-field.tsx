import { useEffect, useState } from "react";
import { Button, FileTrigger } from "react-aria-components";
import type { ItemField } from "../../../src/api/training-contract.js";

interface PictureFieldProps {
  field: ItemField;
  file: File | null;
  onChange(file: File | null): void;
}

/** A picture of the item: chosen from this machine, shown before it is sent. */
export function PictureField({ field, file, onChange }: PictureFieldProps) {
  const url = useObjectUrl(file);
  return (
    <div className="field picture-field">
      <span className="label">{field.name}, a picture</span>
      <span className="preview">{url !== null && <img src={url} alt="What was chosen" />}</span>
      <div className="row">
        <FileTrigger acceptedFileTypes={["image/*"]} onSelect={(files) => onChange(files?.[0] ?? null)}>
          <Button className="button">{file === null ? "Choose a picture" : "Choose another"}</Button>
        </FileTrigger>
        {file !== null && (
          <Button className="button plain" onPress={() => onChange(null)}>
            Without a picture
          </Button>
        )}
      </div>
    </div>
  );
}

function useObjectUrl(file: File | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (file === null) return setUrl(null);
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
