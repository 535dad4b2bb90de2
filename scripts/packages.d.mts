export interface PublicPackage {
  name: string;
  folder: string;
  manifest: {
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    engines?: Record<string, string>;
    exports?: Record<string, unknown>;
  };
}
export declare function publicPackages(): PublicPackage[];
export declare function packPublicPackages(folder: string): Record<string, string>;
