/** What profile keeps of verifications, and what the provider has of them. */
export interface KycTables {
  readonly standings: readonly Standing[];
  readonly cases: readonly Case[];
  readonly documents: readonly Document[];
  readonly submissions: readonly Submission[];
  /** What the provider has taken. */
  readonly verifications: readonly Verification[];
}

export interface Standing {
  readonly userId: string;
  readonly tier: number;
  readonly version: number;
  readonly caseId: string | null;
}

export interface Case {
  readonly id: string;
  readonly userId: string;
  readonly tier: number;
  readonly status: string;
  readonly attempt: number;
}

export interface Document {
  readonly id: string;
  readonly userId: string;
  readonly state: string;
  readonly fileId: string | null;
}

/** A hand-over; its id is the key under which the provider gets it. */
export interface Submission {
  readonly id: string;
  readonly caseId: string;
  readonly attempt: number;
  readonly state: string;
  readonly verificationId: string | null;
}

export interface Verification {
  readonly verificationId: string;
  readonly submissionId: string;
  readonly caseId: string;
  readonly attempt: number;
}

/** Files of users: rows, and the objects of the folder. */
export interface FilesOfUsers {
  readonly rows: readonly FileRow[];
  /** Names of what lies in the folder; what was begun to be written has the name `begun`. */
  readonly objects: readonly string[];
}

export interface FileRow {
  readonly id: string;
  readonly userId: string;
  readonly purpose: string;
  readonly status: string;
  readonly uploadKey: string | null;
  readonly storedKey: string;
  /** Something of it is to go by now. */
  readonly isDue: boolean;
}
