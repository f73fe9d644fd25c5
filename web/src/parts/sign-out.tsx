import { Button } from "react-aria-components";
import { hasSignedIn, server } from "../server/server.js";

/** Where somebody has signed in here: takes it back, and the page asks for a key again. */
export function SignOut() {
  if (!hasSignedIn()) return null;
  const leave = async (): Promise<void> => {
    await server.signOut();
    location.reload();
  };
  return (
    <Button className="button" onPress={() => void leave()}>
      Sign out
    </Button>
  );
}
